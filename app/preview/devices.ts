/** Sizes of a window that the preview can be shown in, in CSS pixels. */
export interface Size {
  width: number;
  height: number;
}

export interface Device extends Size {
  id: string;
  label: string;
}

export const DEVICES: readonly Device[] = [
  { id: 'phone-small', label: 'Small phone', width: 360, height: 640 },
  { id: 'phone', label: 'Phone', width: 390, height: 844 },
  { id: 'phone-large', label: 'Large phone', width: 430, height: 932 },
  { id: 'tablet', label: 'Tablet', width: 768, height: 1024 },
  { id: 'tablet-large', label: 'Large tablet', width: 1024, height: 1366 },
  { id: 'laptop', label: 'Laptop', width: 1280, height: 800 },
  { id: 'desktop', label: 'Desktop', width: 1920, height: 1080 },
];

/** What a person may type as a width or height. */
export const SIZE_LIMITS = { least: 200, most: 4000 };

export const turned = ({ width, height }: Size): Size => ({ width: height, height: width });

export const withinLimits = (value: number): number => Math.round(Math.min(SIZE_LIMITS.most, Math.max(SIZE_LIMITS.least, Number.isFinite(value) ? value : SIZE_LIMITS.least)));

/** By how much a window is drawn smaller to be seen whole; never larger than it is, and never so small that nobody reads it: then it scrolls. */
export const fitting = (pane: Size, size: Size): number => Math.min(1, Math.max(0.25, Math.min(pane.width / size.width, pane.height / size.height)));
