/** Drops what this browser keeps of an environment that is gone (server/hosts/SPEC.md, H14). */
import { origins } from '../../shared/hosts.ts';
import { FORGOTTEN } from '../../shared/protocol/forget.ts';
import { HOST_PATHS, PREVIEW_PATHS } from '../../shared/protocol/preview-channel.ts';

/** Milliseconds after which a page that says nothing is taken away. */
const PATIENCE = 10_000;

/** Best effort: what is left is nobody's, and the browser gives it up by itself when it needs the space. */
export async function forgetContainer(label: string, port: number | undefined): Promise<void> {
  const at = origins(location.origin);
  const forgetting = [forgetOrigin(at.host(label), HOST_PATHS.forget)];
  if (port !== undefined) forgetting.push(forgetOrigin(at.preview(label, port), PREVIEW_PATHS.forget));
  await Promise.all(forgetting);
}

function forgetOrigin(origin: string, path: string): Promise<void> {
  const frame = document.createElement('iframe');
  frame.setAttribute('sandbox', 'allow-scripts allow-same-origin');
  frame.title = 'Forgetting';
  frame.hidden = true;
  frame.src = origin + path;
  const ended = new AbortController();
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      ended.abort();
      frame.remove();
      resolve();
    };
    const timer = setTimeout(end, PATIENCE);
    window.addEventListener('message', (event) => event.source === frame.contentWindow && event.origin === origin && event.data === FORGOTTEN && end(), { signal: ended.signal });
    document.body.append(frame);
  });
}
