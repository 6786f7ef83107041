/** What both components are made of. Styles are set by script, so that no policy of the embedding page for style elements matters. */
import type { PreviewError } from './frame-link.ts';

export const FRAME_STYLE = { display: 'block', width: '100%', height: '100%', minHeight: 'inherit', border: '0', borderRadius: 'inherit' } as const;

/** Stands in front of the browser's own error page. */
export const BOX_STYLE = {
  position: 'absolute', inset: '0', display: 'flex', flexDirection: 'column', alignItems: 'center', justifyContent: 'center', gap: '8px', padding: '24px', textAlign: 'center', overflow: 'auto',
  boxSizing: 'border-box', font: '14px/1.5 system-ui, sans-serif', color: 'CanvasText', background: 'Canvas', borderRadius: 'inherit',
} as const;

export const HOST_STYLE = { position: 'relative', minHeight: '320px' } as const;

export function hostOf(frame: HTMLIFrameElement, box: HTMLElement): HTMLElement {
  const host = document.createElement('div');
  Object.assign(host.style, { ...HOST_STYLE, height: '100%', borderRadius: 'inherit' });
  Object.assign(frame.style, FRAME_STYLE);
  host.append(frame, box);
  return host;
}

export function errorBox(): { element: HTMLElement; say(error: PreviewError | undefined): void } {
  const element = document.createElement('div');
  element.setAttribute('role', 'alert');
  Object.assign(element.style, BOX_STYLE);
  element.style.display = 'none';
  return {
    element,
    say(error) {
      element.style.display = error === undefined ? 'none' : 'flex';
      element.textContent = error === undefined ? '' : `${error.message} (${error.code ?? ''})`;
    },
  };
}
