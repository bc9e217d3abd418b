import { createTheme, type MantineColorsTuple } from '@mantine/core';

/** One accent, the colour of deep water; all else is neutral, and red or green speak of figures only. */
const tide: MantineColorsTuple = [
  '#eaf6f8',
  '#d4ebef',
  '#a9d8e0',
  '#7cc4d0',
  '#4fb8cb',
  '#2f9fb4',
  '#1d8699',
  '#14788b',
  '#0f6b7d',
  '#0a5363',
];

export const theme = createTheme({
  colors: { tide },
  primaryColor: 'tide',
  primaryShade: { light: 8, dark: 4 },
  autoContrast: true,
  defaultRadius: 4,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif',
  respectReducedMotion: true,
});
