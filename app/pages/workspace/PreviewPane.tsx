import { ArrowLeft, ArrowRight, CircleAlert, ExternalLink, RotateCw, ScanSearch, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { RefObject } from 'react';
import { TerrariumError } from '../../../shared/errors/error.ts';
import { diagnose, gatherFacts } from '../../preview/probe.ts';
import type { Diagnosis } from '../../preview/probe.ts';
import { attempt, toast } from '../../state/toasts.ts';
import { Button, ErrorText, IconButton, Spinner } from '../../ui/controls.tsx';
import { useSelected, useStore } from '../../ui/use-store.ts';
import type { WorkspaceSession } from '../../workspace/session.ts';
import { fitting } from '../../preview/devices.ts';
import type { Size } from '../../preview/devices.ts';
import { BootProgress } from './BootProgress.tsx';
import { DeviceBar, ScreenshotButton, SizeChoice } from './DeviceBar.tsx';
import { FollowMember } from './FollowMember.tsx';
import { StackLines } from './StackLines.tsx';

/** What a preview may do unless the deployment says otherwise: run, keep storage of its own origin, send forms, open windows and dialogs; never navigate this page. */
const SANDBOX = 'allow-scripts allow-same-origin allow-forms allow-popups allow-modals';
/** A document that has not painted by then is probed by itself, in milliseconds. */
const BLANK_AFTER = 12_000;

export function PreviewPane({ session }: { session: WorkspaceSession }) {
  const [size, setSize] = useState<Size>();
  const port = useSelected(session.preview.store, (state) => state.port);
  const lost = useSelected(session.state, (state) => state.containerLost);
  return (
    <section className="preview" aria-label="Preview">
      <Toolbar session={session} size={size} onSize={setSize} />
      <div className="preview-body">
        {lost ? <Lost session={session} /> : port === undefined ? <BootProgress session={session} /> : <Frame session={session} size={size} onSize={setSize} />}
        <ErrorOverlay session={session} />
        <BlankProbe session={session} />
        <Stopped session={session} />
      </div>
    </section>
  );
}

function Toolbar({ session, size, onSize }: { session: WorkspaceSession; size: Size | undefined; onSize: (size: Size | undefined) => void }) {
  const { port, ports, route } = useStore(session.preview.store);
  const off = port === undefined;
  return (
    <div className="toolbar" role="toolbar" aria-label="Preview">
      <IconButton label="Back" small disabled={off} onClick={() => session.preview.back()}>
        <ArrowLeft size={15} />
      </IconButton>
      <IconButton label="Forward" small disabled={off} onClick={() => session.preview.forward()}>
        <ArrowRight size={15} />
      </IconButton>
      <IconButton label="Reload preview" small disabled={off} onClick={() => session.preview.reload()}>
        <RotateCw size={14} />
      </IconButton>
      <div className="address">
        {ports.length > 1 || off ? (
          <select aria-label="Port" value={port ?? ''} disabled={off} onChange={(event) => session.preview.choosePort(Number(event.target.value))}>
            {off && <option value="">no port</option>}
            {ports.map((one) => (
              <option key={one} value={one}>
                :{one}
              </option>
            ))}
          </select>
        ) : (
          <span className="address-port">:{port}</span>
        )}
        <AddressInput key={route} route={route} disabled={off} onGo={(address) => session.preview.go(address)} />
      </div>
      {!session.isEmbedded && (
        <>
          <FollowMember session={session} />
          <SizeChoice size={size} onSize={onSize} />
          <ScreenshotButton disabled={off} route={route} />
        </>
      )}
      <IconButton label="Find out why the preview is blank" small disabled={off} onClick={() => attempt(() => explain(session))}>
        <ScanSearch size={15} />
      </IconButton>
      {/* A tab of its own shares nothing with a frame of another site, the container neither. */}
      {!session.isEmbedded && (
        <IconButton label="Open preview in a new tab" small disabled={off} onClick={() => window.open(session.preview.addressOf(route), '_blank')}>
          <ExternalLink size={14} />
        </IconButton>
      )}
    </div>
  );
}

async function explain(session: WorkspaceSession): Promise<void> {
  const found = diagnose(await gatherFacts(session.preview, session.state.getState().containerLost));
  toast({ kind: 'info', code: found.code, message: `${found.title} ${found.advice}` });
}

function AddressInput({ route, disabled, onGo }: { route: string; disabled: boolean; onGo: (address: string) => void }) {
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const field = event.currentTarget.elements.namedItem('address');
        if (field instanceof HTMLInputElement) attempt(() => onGo(field.value));
      }}
    >
      <input name="address" aria-label="Address in the preview" defaultValue={disabled ? '' : route} disabled={disabled} spellCheck={false} autoComplete="off" onFocus={(event) => event.target.select()} />
    </form>
  );
}

function Frame({ session, size, onSize }: { session: WorkspaceSession; size: Size | undefined; onSize: (size: Size) => void }) {
  const { port, target } = useSelected(session.preview.store, ({ port, target }) => ({ port, target }));
  const sandbox = useSelected(session.state, (state) => state.environment?.sandbox ?? SANDBOX);
  const frame = useRef<HTMLIFrameElement>(null);
  useEffect(() => {
    session.preview.setFrame(frame.current ?? undefined);
    return () => session.preview.setFrame(undefined);
  }, [session, port, target, sandbox]);
  const pane = useRef<HTMLDivElement>(null);
  const scale = useFitting(pane, size);
  // Not by zoom, which rounds: the page would see other numbers than those of the device.
  const style = size === undefined ? undefined : { width: size.width, height: size.height, transform: `scale(${scale})` };
  const taken = size === undefined ? undefined : { width: size.width * scale, height: size.height * scale };
  return (
    <div className={size === undefined ? 'frame-full' : 'frame-device'} ref={pane}>
      {size !== undefined && <DeviceBar size={size} scale={scale} onSize={onSize} />}
      <div className="frame-window" style={taken}>
        <iframe
          key={`${port ?? 0}:${target.nonce}:${sandbox}`}
          ref={frame}
          title="Preview of the running application"
          src={session.preview.addressOf(target.url)}
          sandbox={sandbox}
          allow="cross-origin-isolated; clipboard-write; fullscreen"
          style={style}
        />
      </div>
    </div>
  );
}

/** What the pane's padding and the bar above a device take, in pixels. */
const AROUND = { width: 40, height: 76 };

function useFitting(pane: RefObject<HTMLDivElement | null>, size: Size | undefined): number {
  const [scale, setScale] = useState(1);
  useEffect(() => {
    const { current } = pane;
    if (current === null || size === undefined) return setScale(1);
    const fit = () => setScale(fitting({ width: current.clientWidth - AROUND.width, height: current.clientHeight - AROUND.height }, size));
    const observer = new ResizeObserver(fit);
    observer.observe(current);
    fit();
    return () => observer.disconnect();
  }, [pane, size]);
  return scale;
}

function Lost({ session }: { session: WorkspaceSession }) {
  return (
    <div className="centre notice" role="alert">
      <CircleAlert size={26} color="var(--danger)" />
      <h3>The container has stopped</h3>
      <p>The browser ended it, most likely for want of memory. Your files are safe.</p>
      <Button kind="primary" onClick={() => session.restart()}>
        <RotateCw size={14} /> Restart the container
      </Button>
    </div>
  );
}

/** A port that closes for so long was not closed by a dev server that starts itself anew, in milliseconds. */
const STOPPED_AFTER = 1500;

/** The server behind the page that is shown has ended. */
function Stopped({ session }: { session: WorkspaceSession }) {
  const port = useSelected(session.preview.store, (state) => state.port);
  const gone = useSelected(session.preview.store, (state) => state.port !== undefined && !state.ports.includes(state.port));
  const lost = useSelected(session.state, (state) => state.containerLost);
  const [shown, setShown] = useState(false);
  useEffect(() => {
    if (!gone) return setShown(false);
    const timer = setTimeout(() => setShown(true), STOPPED_AFTER);
    return () => clearTimeout(timer);
  }, [gone]);
  if (!shown || lost || port === undefined) return null;
  return (
    <div className="blank-probe" role="alert">
      <CircleAlert size={18} color="var(--danger)" />
      <div>
        <ErrorText error={TerrariumError.of('E-TERRARIUM-2144', { port })} />
      </div>
      <Button small kind="primary" onClick={() => session.startServer()}>
        Start the server
      </Button>
    </div>
  );
}

function ErrorOverlay({ session }: { session: WorkspaceSession }) {
  const error = useSelected(session.preview.store, (state) => state.error);
  if (error === undefined) return null;
  return (
    <div className="error-overlay" role="alert">
      <header>
        <CircleAlert size={16} /> <strong>{error.title}</strong>
        <IconButton label="Dismiss the error" small onClick={() => session.preview.dismissError()}>
          <X size={14} />
        </IconButton>
      </header>
      <pre className="error-text">{error.message}</pre>
      {error.excerpt !== undefined && <pre className="error-excerpt">{error.excerpt}</pre>}
      <StackLines session={session} stack={error.stack} />
    </div>
  );
}

/** Watches a document that does not paint and says which of the known causes it is. */
function BlankProbe({ session }: { session: WorkspaceSession }) {
  const { stage, nonce, port } = useSelected(session.preview.store, (state) => ({ stage: state.document, nonce: state.target.nonce, port: state.port }));
  const [found, setFound] = useState<Diagnosis>();
  useEffect(() => {
    setFound(undefined);
    if (port === undefined || stage === 'painted') return;
    let current = true;
    const timer = setTimeout(() => {
      gatherFacts(session.preview, session.state.getState().containerLost).then((facts) => current && setFound(diagnose(facts)), () => {});
    }, BLANK_AFTER);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [session, stage, nonce, port]);
  if (port === undefined || stage === 'painted' || stage === 'none') return null;
  if (found === undefined) return <div className="preview-loading"><Spinner label="Loading the preview" /></div>;
  return (
    <div className="blank-probe" role="status">
      <ScanSearch size={18} />
      <div>
        <strong>{found.title}</strong>
        <p>
          <ErrorText error={{ code: found.code, message: found.advice }} />
        </p>
      </div>
      <Button small onClick={() => session.preview.reload()}>
        Reload
      </Button>
      <IconButton label="Dismiss" small onClick={() => setFound(undefined)}>
        <X size={14} />
      </IconButton>
    </div>
  );
}
