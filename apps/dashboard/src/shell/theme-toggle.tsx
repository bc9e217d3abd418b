import { ActionIcon, useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { IconDeviceDesktop, IconMoon, IconSun, type Icon } from '../icons.js';

const schemes: Readonly<Record<MantineColorScheme, { readonly next: MantineColorScheme; readonly word: string; readonly icon: Icon }>> = {
  auto: { next: 'light', word: 'system', icon: IconDeviceDesktop },
  light: { next: 'dark', word: 'light', icon: IconSun },
  dark: { next: 'auto', word: 'dark', icon: IconMoon },
};

/** Goes round: system, light, dark. */
export function ThemeToggle() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { next, word, icon: Shape } = schemes[colorScheme];
  const label = `Theme: ${word}. Switch to ${schemes[next].word}.`;
  return (
    <ActionIcon variant="default" size={32} data-testid="theme" aria-label={label} title={label} onClick={() => setColorScheme(next)}>
      <Shape size={16} aria-hidden />
    </ActionIcon>
  );
}
