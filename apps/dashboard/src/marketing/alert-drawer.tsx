import '@mantine/core/styles/ModalBase.css';
import '@mantine/core/styles/Overlay.css';
import '@mantine/core/styles/Paper.css';
import '@mantine/core/styles/Drawer.css';
import { Drawer } from '@mantine/core';
import type { ReactNode } from 'react';

interface Props {
  readonly opened: boolean;
  readonly close: () => void;
  readonly children: ReactNode;
}

/** Where there is one column the card lies over the list; it is left by Escape, by its button, or by going back. */
export function AlertDrawer({ opened, close, children }: Props) {
  return (
    <Drawer.Root opened={opened} onClose={close} position="right" size="100%" padding={0} transitionProps={{ duration: 0 }}>
      <Drawer.Content aria-label="Alert">
        <Drawer.Body>{children}</Drawer.Body>
      </Drawer.Content>
    </Drawer.Root>
  );
}
