/**
 * A picture of the preview as it is on the screen. The page's origin is not ours, so that only the browser can draw it: its capture of this tab (W3C Screen
 * Capture), after the person has said yes to it, of which the frame's rectangle is kept.
 */
import { TerrariumError } from '../../shared/errors/error.ts';

/** W3C Capture Handle: by it a page knows that what is captured is itself. */
interface CaptureHandleMedia {
  setCaptureHandleConfig?: (config: { handle: string; permittedOrigins: string[] }) => void;
}
type HandledTrack = MediaStreamTrack & { getCaptureHandle?: () => { handle: string } | null };

/** In milliseconds; a tab that is captured paints at once. */
const FRAME_WITHIN_MS = 5000;

/** @returns a PNG, or `undefined` when the person said no @throws {TerrariumError} 1366 where the browser cannot, 1367 for another tab or window */
export async function screenshot(element: Element): Promise<Blob | undefined> {
  const media = navigator.mediaDevices as (MediaDevices & CaptureHandleMedia) | undefined;
  if (media?.setCaptureHandleConfig === undefined || typeof media.getDisplayMedia !== 'function') throw TerrariumError.of('E-TERRARIUM-1366');
  const handle = crypto.randomUUID();
  media.setCaptureHandleConfig({ handle, permittedOrigins: [location.origin] });
  const stream = await currentTab(media);
  if (stream === undefined) return undefined;
  try {
    const [track] = stream.getVideoTracks() as HandledTrack[];
    if (track?.getCaptureHandle?.()?.handle !== handle) throw TerrariumError.of('E-TERRARIUM-1367');
    return await pictureOf(stream, element);
  } finally {
    for (const track of stream.getTracks()) track.stop();
  }
}

async function currentTab(media: MediaDevices): Promise<MediaStream | undefined> {
  try {
    // As many pixels as the tab has, up to those of a large screen of twice the density.
    const video = { displaySurface: 'browser', width: { max: 7680 }, height: { max: 4320 } };
    return await media.getDisplayMedia({ video, audio: false, preferCurrentTab: true } as DisplayMediaStreamOptions);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotAllowedError') return undefined;
    throw error;
  }
}

async function pictureOf(stream: MediaStream, element: Element): Promise<Blob> {
  const video = document.createElement('video');
  video.muted = true;
  const shown = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(TerrariumError.of('E-TERRARIUM-1366')), FRAME_WITHIN_MS);
    video.requestVideoFrameCallback(() => {
      clearTimeout(timer);
      resolve();
    });
  });
  video.srcObject = stream;
  const played = video.play();
  played.catch(() => undefined);
  await shown;
  const scale = video.videoWidth / window.innerWidth;
  const { left, top, width, height } = visibleRectangle(element);
  const canvas = new OffscreenCanvas(Math.round(width * scale), Math.round(height * scale));
  canvas.getContext('2d')?.drawImage(video, left * scale, top * scale, width * scale, height * scale, 0, 0, canvas.width, canvas.height);
  return canvas.convertToBlob({ type: 'image/png' });
}

/** Of a frame in a pane that scrolls, what the pane shows. */
function visibleRectangle(element: Element): { left: number; top: number; width: number; height: number } {
  const frame = element.getBoundingClientRect();
  const pane = element.closest('.preview-body')?.getBoundingClientRect() ?? frame;
  const [left, top] = [Math.max(frame.left, pane.left), Math.max(frame.top, pane.top)];
  return { left, top, width: Math.max(1, Math.min(frame.right, pane.right) - left), height: Math.max(1, Math.min(frame.bottom, pane.bottom) - top) };
}

/** Puts it into the clipboard where that is allowed, and into the downloads. @returns whether it is in the clipboard */
export async function keepPicture(picture: Blob, name: string): Promise<boolean> {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(picture);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  return navigator.clipboard.write([new ClipboardItem({ 'image/png': picture })]).then(() => true, () => false);
}
