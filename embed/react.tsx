/** `<IsolatedPreview>`: the React component (18 and up). */
import { useEffect, useRef, useState } from 'react';
import type { CSSProperties } from 'react';
import { DEFAULT_VIEW, FRAME_ALLOW, frameAddress } from './address.ts';
import type { Placed, View } from './address.ts';
import { FrameLink } from './frame-link.ts';
import type { FrameEvents, PreviewError } from './frame-link.ts';
import { BOX_STYLE, FRAME_STYLE, HOST_STYLE } from './parts.ts';

export type { PreviewError } from './frame-link.ts';

export interface IsolatedPreviewProps extends Placed, Partial<View>, Partial<Pick<FrameEvents, 'onReady' | 'onRoute' | 'onError'>> {
  title?: string;
  className?: string;
  style?: CSSProperties;
}

/** Changing server, task or token is another frame; what is shown is told to the one that is there. */
export function IsolatedPreview({ server, taskId, token, title = 'Terrarium environment', className, style, onReady, onRoute, onError, ...given }: IsolatedPreviewProps) {
  const { agentId, showEditor = DEFAULT_VIEW.showEditor, showConsole = DEFAULT_VIEW.showConsole, showNetwork = DEFAULT_VIEW.showNetwork } = given;
  const frame = useRef<HTMLIFrameElement>(null);
  const link = useRef<FrameLink>(undefined);
  const [silence, setSilence] = useState<PreviewError>();
  // The last ones, without another frame for each render.
  const latest = useRef({ onReady, onRoute, onError, view: { agentId, showEditor, showConsole, showNetwork } });
  useEffect(() => void (latest.current = { onReady, onRoute, onError, view: { agentId, showEditor, showConsole, showNetwork } }));

  useEffect(() => {
    const { current } = frame;
    if (current === null) return;
    const { view } = latest.current;
    const made = new FrameLink(current, server, view, {
      onReady: () => latest.current.onReady?.(),
      onRoute: (route) => latest.current.onRoute?.(route),
      onError: (error) => latest.current.onError?.(error),
      onSilence: setSilence,
    });
    link.current = made;
    current.src = frameAddress({ server, taskId, token }, view, globalThis.crossOriginIsolated);
    return () => {
      made.close();
      link.current = undefined;
      setSilence(undefined);
    };
  }, [server, taskId, token]);

  useEffect(() => link.current?.show({ agentId, showEditor, showConsole, showNetwork }), [agentId, showEditor, showConsole, showNetwork]);

  return (
    <div className={className} style={{ ...HOST_STYLE, ...style }}>
      <iframe key={`${server} ${taskId} ${token}`} ref={frame} title={title} allow={FRAME_ALLOW} style={FRAME_STYLE} />
      {silence !== undefined && (
        <div role="alert" style={BOX_STYLE}>
          {silence.message} ({silence.code})
        </div>
      )}
    </div>
  );
}
