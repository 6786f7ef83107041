/** Entry of the page that other origins frame. It hears its parent before anything else is loaded. */
import { framingOrigin } from './framing-origin.ts';
import { ParentLink } from './parent-link.ts';
import { TerrariumError } from '../../shared/errors/error.ts';

const link = new ParentLink(window, framingOrigin());

/** Reading it throws where the browser keeps nothing for frames of other sites; neither this page nor a container works then. */
function storageIsThere(): boolean {
  try {
    localStorage.getItem('');
    return true;
  } catch {
    return false;
  }
}

if (storageIsThere()) void import('./start.tsx').then(({ start }) => start(link));
else {
  const { code, message } = TerrariumError.of('E-TERRARIUM-2124');
  link.tell({ type: 'error', code, message });
  document.body.textContent = `${message} (${code})`;
}
