/**
 * A picture of the preview as it is on the screen. The page's origin is not ours, so that only the browser can draw it: its capture of this tab, cropped to the
 * frame (W3C Screen Capture, Region Capture), after the person has said yes to it.
 */
import { TerrariumError } from '../../shared/errors/error.ts';

interface CropTargetConstructor {
  fromElement(element: Element): Promise<object>;
}
type CroppableTrack = MediaStreamTrack & { cropTo?: (target: object) => Promise<void> };

const CropTarget = (globalThis as { CropTarget?: CropTargetConstructor }).CropTarget;

/** In milliseconds; a tab that paints nothing gives no frame. */
const FRAME_WITHIN_MS = 5000;

/** @returns a PNG, or `undefined` when the person said no @throws {TerrariumError} 1366 where the browser cannot */
export async function screenshot(element: Element): Promise<Blob | undefined> {
  if (CropTarget === undefined || typeof navigator.mediaDevices?.getDisplayMedia !== 'function') throw TerrariumError.of('E-TERRARIUM-1366');
  const stream = await currentTab();
  if (stream === undefined) return undefined;
  try {
    const [track] = stream.getVideoTracks() as CroppableTrack[];
    if (track?.cropTo === undefined) throw TerrariumError.of('E-TERRARIUM-1366');
    await track.cropTo(await CropTarget.fromElement(element));
    return await firstFrame(stream);
  } finally {
    for (const track of stream.getTracks()) track.stop();
  }
}

async function currentTab(): Promise<MediaStream | undefined> {
  try {
    return await navigator.mediaDevices.getDisplayMedia({ video: { displaySurface: 'browser' }, audio: false, preferCurrentTab: true } as DisplayMediaStreamOptions);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotAllowedError') return undefined;
    throw error;
  }
}

/**
 * A tab is captured when it paints, and a page that stands still does not: one pixel of ours at the edge changes, outside of the frame, until this is stopped.
 */
function keepPainting(): () => void {
  const pixel = document.createElement('div');
  pixel.style.cssText = 'position:fixed;right:0;bottom:0;width:1px;height:1px;pointer-events:none';
  document.body.append(pixel);
  let turn = 0;
  let next = requestAnimationFrame(function paint() {
    pixel.style.background = turn++ % 2 === 0 ? 'rgb(128 128 128 / 4%)' : 'rgb(128 128 128 / 8%)';
    next = requestAnimationFrame(paint);
  });
  return () => {
    cancelAnimationFrame(next);
    pixel.remove();
  };
}

/** The stream was cropped before anything reads it: its first frame is the picture. */
async function firstFrame(stream: MediaStream): Promise<Blob> {
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
  const still = keepPainting();
  try {
    await Promise.race([Promise.all([video.play(), shown]), shown]);
  } finally {
    still();
  }
  const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
  canvas.getContext('2d')?.drawImage(video, 0, 0);
  return canvas.convertToBlob({ type: 'image/png' });
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
