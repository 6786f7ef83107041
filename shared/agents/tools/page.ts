/** Tools about the preview as a browser shows it: a page of the caller's own in the server's browser. */
import * as z from 'zod';
import { tool } from './tool.ts';

const port = z.number().int().min(1).max(65_535).optional().describe('The environment’s own port unless named');
const selector = z.string().min(1).max(2000).describe('CSS, or text=…, role=button[name="Save"], as Playwright reads them');
/** Where the page is after the call. */
const place = { url: z.string().describe('Path, query and fragment'), title: z.string() };
const done = z.object(place);

export const pageTools = {
  page_open: tool('writes', {
    title: 'Open a page of the preview',
    description: 'Shows a path of the preview in your own page of the server’s browser, which stays as it is between calls; sets its size when you name one.',
    verb: 'preview.use',
    idempotent: true,
    input: z.strictObject({ path: z.string().max(8192).regex(/^\//, 'must begin with "/"').default('/'), port, width: z.number().int().min(100).max(4000).optional(), height: z.number().int().min(100).max(4000).optional() }),
    output: z.object({ ...place, status: z.number().int().nullable(), loading: z.boolean().describe('Whether it still loads after 5 s') }),
  }),
  page_screenshot: tool('reads', {
    title: 'Screenshot of the preview',
    description: 'A PNG of your page of the preview, or of one element of it, as a browser renders it.',
    verb: 'preview.read',
    input: z.strictObject({ port, selector: selector.optional(), fullPage: z.boolean().default(false).describe('Also what one would have to scroll to') }),
    output: z.object({ ...place, mimeType: z.literal('image/png'), image: z.string().describe('Base64'), width: z.number().int(), height: z.number().int() }),
  }),
  page_tree: tool('reads', {
    title: 'Accessibility tree of the preview',
    description: 'What your page of the preview offers to people who do not see it: roles, names, states and text, as an outline.',
    verb: 'preview.read',
    input: z.strictObject({ port, selector: selector.optional() }),
    output: z.object({ ...place, tree: z.string(), truncated: z.boolean() }),
  }),
  page_query: tool('reads', {
    title: 'Query the DOM of the preview',
    description: 'Elements of your page of the preview that a selector finds: tag, text, attributes, value, place, whether they are visible.',
    verb: 'preview.read',
    input: z.strictObject({ port, selector, limit: z.number().int().min(1).max(100).default(20) }),
    output: z.object({
      ...place,
      count: z.number().int().describe('All that were found'),
      elements: z.array(z.object({ tag: z.string(), text: z.string(), attributes: z.record(z.string(), z.string()), value: z.string().nullable(), visible: z.boolean(), x: z.number(), y: z.number(), width: z.number(), height: z.number() })),
    }),
  }),
  page_click: tool('writes', {
    title: 'Click in the preview',
    description: 'Clicks an element of your page of the preview; waits up to 10 s until it is there and can be clicked.',
    verb: 'preview.use',
    input: z.strictObject({ port, selector, button: z.enum(['left', 'right', 'middle']).default('left'), count: z.number().int().min(1).max(3).default(1) }),
    output: done,
  }),
  page_type: tool('writes', {
    title: 'Type in the preview',
    description: 'Types into a field of your page of the preview, instead of what is in it unless you append.',
    verb: 'preview.use',
    input: z.strictObject({ port, selector, text: z.string().max(10_000), append: z.boolean().default(false) }),
    output: done,
  }),
  page_press: tool('writes', {
    title: 'Press a key in the preview',
    description: 'Presses a key, such as Enter, ArrowDown or Control+A, in your page of the preview, or in an element of it.',
    verb: 'preview.use',
    input: z.strictObject({ port, key: z.string().min(1).max(60), selector: selector.optional() }),
    output: done,
  }),
};
