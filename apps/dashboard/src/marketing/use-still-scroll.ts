import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';

interface StillScroll {
  readonly box: RefObject<HTMLDivElement | null>;
  /** There is something above what is seen. */
  readonly above: boolean;
  readonly toTop: () => void;
}

interface Place {
  readonly id: string;
  /** Pixels below the upper edge of what is seen. */
  readonly top: number;
}

/**
 * Keeps the lines that somebody reads where they are while others come and go above them. Somebody reads when the list is scrolled, or
 * the pointer or the focus is in it; else it stays at its top and shows the newest. Lines are `li[data-id]`.
 * @param lines a new value for each new content
 */
export function useStillScroll(lines: unknown): StillScroll {
  const box = useRef<HTMLDivElement>(null);
  const places = useRef<readonly Place[]>([]);
  const [above, setAbove] = useState(false);

  const note = useCallback(() => {
    const found = box.current;
    if (!found) return;
    const edge = found.getBoundingClientRect().top;
    places.current = [...found.querySelectorAll<HTMLElement>('li[data-id]')]
      .map((line) => ({ id: line.dataset['id'] ?? '', top: line.getBoundingClientRect().top - edge, height: line.offsetHeight }))
      .filter(({ top, height }) => top + height > 0 && top < found.clientHeight);
    setAbove(found.scrollTop > 1);
  }, []);

  useEffect(() => {
    const found = box.current;
    found?.addEventListener('scroll', note, { passive: true });
    return () => found?.removeEventListener('scroll', note);
  }, [note]);

  useLayoutEffect(() => {
    const found = box.current;
    if (found && (found.scrollTop > 1 || found.matches(':hover') || found.contains(document.activeElement))) {
      const edge = found.getBoundingClientRect().top;
      // The first line that was seen and is still there stays where it was.
      for (const { id, top } of places.current) {
        const line = found.querySelector<HTMLElement>(`li[data-id="${CSS.escape(id)}"]`);
        if (!line) continue;
        found.scrollTop += line.getBoundingClientRect().top - edge - top;
        break;
      }
    }
    note();
  }, [lines, note]);

  const toTop = useCallback(() => box.current?.scrollTo({ top: 0 }), []);
  return { box, above, toTop };
}
