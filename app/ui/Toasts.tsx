import { CircleAlert, CircleCheck, Info, X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { dismissToast, TOAST_LIFE, toasts } from '../state/toasts.ts';
import type { Toast } from '../state/toasts.ts';
import { Button, ErrorText, IconButton } from './controls.tsx';
import { useStore } from './use-store.ts';

const ICONS = { info: Info, success: CircleCheck, error: CircleAlert };
const COLOURS = { info: 'var(--info)', success: 'var(--good)', error: 'var(--danger)' };

export function Toasts() {
  const all = useStore(toasts);
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Shown anew, so that it is above a dialog that has opened since.
    ref.current?.hidePopover();
    if (all.length > 0) ref.current?.showPopover();
  }, [all]);
  return (
    <div ref={ref} className="toasts" role="region" aria-label="Notifications" popover="manual">
      {all.map((one) => (
        <ToastItem key={one.id} toast={one} />
      ))}
    </div>
  );
}

function ToastItem({ toast }: { toast: Toast }) {
  const Icon = ICONS[toast.kind];
  useEffect(() => {
    if (toast.kind === 'error') return;
    const timer = setTimeout(() => dismissToast(toast.id), TOAST_LIFE);
    return () => clearTimeout(timer);
  }, [toast]);
  return (
    <div className={`toast ${toast.kind}`} role={toast.kind === 'error' ? 'alert' : 'status'}>
      <Icon size={16} color={COLOURS[toast.kind]} style={{ marginTop: 2 }} />
      <div>
        <p>
          <ErrorText error={toast} />
        </p>
        {toast.action !== undefined && (
          <Button small style={{ marginTop: 8 }} onClick={() => (toast.action?.run(), dismissToast(toast.id))}>
            {toast.action.label}
          </Button>
        )}
      </div>
      <IconButton label="Dismiss" small onClick={() => dismissToast(toast.id)}>
        <X size={14} />
      </IconButton>
    </div>
  );
}
