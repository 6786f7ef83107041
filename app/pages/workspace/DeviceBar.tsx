/** The size of the preview's window: the whole pane, a device, or what is typed; and a picture of it. */
import { Camera, RotateCcwSquare } from 'lucide-react';
import { DEVICES, SIZE_LIMITS, turned, withinLimits } from '../../preview/devices.ts';
import type { Size } from '../../preview/devices.ts';
import { keepPicture, screenshot } from '../../preview/screenshot.ts';
import { attempt, toast } from '../../state/toasts.ts';
import { IconButton } from '../../ui/controls.tsx';

const CUSTOM = 'custom';

export function SizeChoice({ size, onSize }: { size: Size | undefined; onSize: (size: Size | undefined) => void }) {
  const device = DEVICES.find(({ width, height }) => (width === size?.width && height === size.height) || (width === size?.height && height === size.width));
  return (
    <select
      className="size-choice"
      aria-label="Size of the preview"
      title="Size of the preview"
      value={size === undefined ? '' : (device?.id ?? CUSTOM)}
      onChange={({ target: { value } }) => onSize(value === CUSTOM ? (size ?? { width: 800, height: 600 }) : DEVICES.find(({ id }) => id === value))}
    >
      <option value="">Full</option>
      {DEVICES.map(({ id, label, width, height }) => (
        <option key={id} value={id}>
          {label}, {width} × {height}
        </option>
      ))}
      <option value={CUSTOM}>Other…</option>
    </select>
  );
}

export function DeviceBar({ size, scale, onSize }: { size: Size; scale: number; onSize: (size: Size) => void }) {
  const field = (name: 'width' | 'height', label: string) => (
    <input
      key={`${name}${size[name]}`}
      type="number"
      aria-label={label}
      min={SIZE_LIMITS.least}
      max={SIZE_LIMITS.most}
      defaultValue={size[name]}
      onBlur={({ target }) => Number(target.value) !== size[name] && onSize({ ...size, [name]: withinLimits(Number(target.value)) })}
      onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
    />
  );
  return (
    <div className="device-bar" role="group" aria-label="Size of the preview">
      {field('width', 'Width in pixels')} × {field('height', 'Height in pixels')}
      <IconButton label="Turn the device" small onClick={() => onSize(turned(size))}>
        <RotateCcwSquare size={14} />
      </IconButton>
      {scale < 1 && <span title="Drawn smaller, to be seen whole">{Math.round(scale * 100)} %</span>}
    </div>
  );
}

export function ScreenshotButton({ disabled, route }: { disabled: boolean; route: string }) {
  return (
    <IconButton label="Take a picture of the preview" small disabled={disabled} onClick={() => attempt(() => takePicture(route))}>
      <Camera size={14} />
    </IconButton>
  );
}

async function takePicture(route: string): Promise<void> {
  const frame = document.querySelector('.preview iframe');
  if (frame === null) return;
  const picture = await screenshot(frame);
  if (picture === undefined) return;
  const place = route.replace(/[^\w-]+/g, '-').replace(/^-+|-+$/g, '') || 'home';
  const copied = await keepPicture(picture, `preview-${place.slice(0, 60)}.png`);
  toast({ kind: 'info', message: copied ? 'The picture is in your downloads and in the clipboard.' : 'The picture is in your downloads.' });
}
