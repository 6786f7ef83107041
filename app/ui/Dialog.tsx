import { X } from 'lucide-react';
import { useEffect, useId, useRef } from 'react';
import type { ReactNode } from 'react';
import { IconButton } from './controls.tsx';

/** A modal dialog: the browser's own, so that focus stays in it, Escape closes it and what opened it has the focus again. */
export function Dialog({ title, wide = false, onClose, children }: { title: string; wide?: boolean; onClose: () => void; children: ReactNode }) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const opener = document.activeElement;
    ref.current?.showModal();
    // The first thing to do in it is in its body; the button that closes it comes first only in the document.
    const body = ref.current?.querySelector('.dialog-body');
    // A choice with its default first: whoever agrees goes on with Tab or Enter.
    (body?.querySelector<HTMLElement>('input[type=radio]:checked') ?? body?.querySelector<HTMLElement>('input:not([type=radio]), select, textarea, button'))?.focus();
    return () => {
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, []);
  return (
    <dialog
      ref={ref}
      className={wide ? 'dialog wide' : 'dialog'}
      aria-labelledby={id}
      onCancel={(event) => (event.preventDefault(), onClose())}
      onPointerDown={(event) => event.target === ref.current && onClose()}
    >
      <div className="dialog-head">
        <h2 id={id}>{title}</h2>
        <IconButton label="Close" onClick={onClose}>
          <X size={16} />
        </IconButton>
      </div>
      <div className="dialog-body">{children}</div>
    </dialog>
  );
}
