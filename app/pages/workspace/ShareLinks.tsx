import { Check, Copy, Eye, Lock, Power, QrCode, Trash2 } from 'lucide-react';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { renderSVG } from 'uqr';
import { listShares, revokeShare } from '../../api/shares.ts';
import type { Share } from '../../api/shares.ts';
import { describeError } from '../../state/describe-error.ts';
import type { Described } from '../../state/describe-error.ts';
import { attempt } from '../../state/toasts.ts';
import { Button, ErrorText, IconButton, Spinner } from '../../ui/controls.tsx';
import { NewShareForm } from './NewShareForm.tsx';

/** How often it is asked who looks, in milliseconds. */
const LOOK_MS = 3000;

const FROM = { machine: 'on this computer', network: 'on your local network', everywhere: 'from everywhere' } as const;

/** The environment's share links: for its owner alone. */
export function ShareLinks({ environmentId, ports }: { environmentId: string; ports: number[] }) {
  const { shares, error, reload } = useShares(environmentId);
  return (
    <section className="field" aria-label="Share links of the preview">
      <span className="field-label">Links that show the live preview</span>
      <p className="hint">Whoever opens one sees what your preview shows, with each edit, and needs nothing else. It is shown by whoever has the environment open, else by the server’s own browser, where the link lets its visitors start that.</p>
      <NewShareForm environmentId={environmentId} ports={ports} onCreated={reload} />
      {error !== undefined && (
        <p className="field-error">
          <ErrorText error={error} />
        </p>
      )}
      {shares === undefined && error === undefined && <Spinner label="Loading the links" />}
      <ul className="share-list">
        {shares?.filter(({ state }) => state === 'open').map((share) => <ShareItem key={share.shareId} share={share} onRevoke={() => attempt(() => revokeShare(environmentId, share.shareId).then(reload))} />)}
      </ul>
    </section>
  );
}

function useShares(environmentId: string): { shares: Share[] | undefined; error: Described | undefined; reload: () => Promise<void> } {
  const [shares, setShares] = useState<Share[]>();
  const [error, setError] = useState<Described>();
  const reload = useCallback(async () => {
    try {
      setShares(await listShares(environmentId));
      setError(undefined);
    } catch (problem) {
      setError(describeError(problem));
    }
  }, [environmentId]);
  useEffect(() => {
    void reload();
    const timer = setInterval(() => void reload(), LOOK_MS);
    return () => clearInterval(timer);
  }, [reload]);
  return { shares, error, reload };
}

function ShareItem({ share, onRevoke }: { share: Share; onRevoke: () => void }) {
  const [shown, setShown] = useState<string>();
  return (
    <li className="share-item">
      <div className="share-facts">
        <span className="chip">{share.role === 'editor' ? 'editor' : share.code ? 'viewer, with code' : 'viewer'}</span>
        {share.hasPassword && (
          <span className="chip">
            <Lock size={11} /> password
          </span>
        )}
        {share.wake && (
          <span className="chip" title="Visitors may start it in the server’s own browser">
            <Power size={11} /> may be started
          </span>
        )}
        <span className="hint">{share.expiresAt === null ? 'no end' : `until ${new Date(share.expiresAt).toLocaleString()}`}</span>
        <span className="grow" />
        <span className={share.viewers.length > 0 ? 'chip good' : 'chip'} title={share.viewers.map(({ address, agent }) => `${address} ${agent}`).join('\n')}>
          <Eye size={12} /> {share.viewers.length === 0 ? 'nobody looks' : share.viewers.length === 1 ? '1 looks' : `${share.viewers.length} look`}
        </span>
        <IconButton label={`Revoke ${share.name}`} small onClick={onRevoke}>
          <Trash2 size={14} />
        </IconButton>
      </div>
      {share.urls.map(({ url, port, from }) => (
        <Address key={url} url={url} label={share.ports.length > 1 ? `Port ${port}, works ${FROM[from]}` : `Works ${FROM[from]}`} onCode={() => setShown(shown === url ? undefined : url)} codeShown={shown === url} />
      ))}
      {share.joinUrl !== null && <Address url={share.joinUrl} label={share.role === 'editor' ? 'To edit with you' : 'To read the code'} onCode={() => setShown(shown === share.joinUrl ? undefined : (share.joinUrl ?? undefined))} codeShown={shown === share.joinUrl} />}
      {shown !== undefined && <QrImage text={shown} />}
    </li>
  );
}

function Address({ url, label, codeShown, onCode }: { url: string; label: string; codeShown: boolean; onCode: () => void }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(url);
    setCopied(true);
  };
  return (
    <div>
      <span className="hint">{label}</span>
      <div className="copy-field">
        <input className="input" readOnly aria-label={label} value={url} onFocus={(event) => event.target.select()} />
        <IconButton label="QR code" aria-pressed={codeShown} onClick={onCode}>
          <QrCode size={16} />
        </IconButton>
        <Button aria-label={`Copy: ${label}`} onClick={() => attempt(copy)}>
          {copied ? <Check size={14} /> : <Copy size={14} />} {copied ? 'Copied' : 'Copy'}
        </Button>
      </div>
    </div>
  );
}

/** As an image, so that nothing of the text is markup of this page. */
function QrImage({ text }: { text: string }) {
  const source = useMemo(() => `data:image/svg+xml,${encodeURIComponent(renderSVG(text, { border: 2 }))}`, [text]);
  return <img className="qr-code" src={source} alt={`QR code of ${text}`} width={180} height={180} />;
}
