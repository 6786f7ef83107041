import { useEffect, useRef } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';

export interface MenuItem {
  label: string;
  keys?: string;
  danger?: boolean;
  icon?: ReactNode;
  run: () => void;
}

/** `'-'` is a line. */
export type MenuEntry = MenuItem | '-';

/** A context menu at a point of the window, in the browser's top layer; closed by choosing, Escape, or a press elsewhere. */
export function Menu({ at, entries, label, onClose }: { at: { x: number; y: number }; entries: MenuEntry[]; label: string; onClose: () => void }) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const menu = ref.current;
    if (menu === null) return;
    const opener = document.activeElement;
    menu.showPopover();
    const { width, height } = menu.getBoundingClientRect();
    menu.style.left = `${Math.max(4, Math.min(at.x, window.innerWidth - width - 4))}px`;
    menu.style.top = `${Math.max(4, Math.min(at.y, window.innerHeight - height - 4))}px`;
    menu.querySelector('button')?.focus();
    return () => {
      if (opener instanceof HTMLElement && (document.activeElement === document.body || menu.contains(document.activeElement))) opener.focus();
    };
  }, [at]);
  return (
    <div ref={ref} className="menu" role="menu" aria-label={label} popover="auto" onKeyDown={moveFocus} onToggle={(event) => event.newState === 'closed' && onClose()}>
      {entries.map((entry, index) =>
        entry === '-' ? (
          <hr key={index} />
        ) : (
          <button key={entry.label} type="button" role="menuitem" tabIndex={-1} className={entry.danger === true ? 'danger' : ''} onClick={() => (onClose(), entry.run())}>
            {entry.icon}
            {entry.label}
            {entry.keys !== undefined && <span className="key">{entry.keys}</span>}
          </button>
        ),
      )}
    </div>
  );
}

function moveFocus(event: KeyboardEvent<HTMLDivElement>): void {
  const items = [...event.currentTarget.querySelectorAll('button')];
  const at = items.indexOf(document.activeElement as HTMLButtonElement);
  const target = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
  if (target === undefined) return;
  event.preventDefault();
  items.at(target % items.length)?.focus();
}
