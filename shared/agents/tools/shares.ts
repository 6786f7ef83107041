/** Tools about share links. */
import * as z from 'zod';
import { tool } from './tool.ts';

const share = z.object({
  shareId: z.string(),
  urls: z.array(z.object({ url: z.string(), port: z.number().int(), from: z.enum(['machine', 'network', 'everywhere']) })).describe('Every address, and from where it works: the server\'s machine alone, its local network, everywhere'),
  role: z.enum(['viewer', 'editor']),
  hasPassword: z.boolean(),
  state: z.enum(['open', 'expired', 'revoked']),
  expiresAt: z.string().nullable(),
  viewers: z.number().int().describe('How many look at it now'),
});

export const shareTools = {
  share_list: tool('reads', {
    title: 'List share links',
    description: 'The links that show this environment\'s live preview, and how many look at each now.',
    verb: 'shares.manage',
    input: z.strictObject({}),
    output: z.object({ shares: z.array(share) }),
  }),
  share_create: tool('writes', {
    title: 'Share the preview',
    description: 'Makes a link that shows the live preview, with each edit, to whoever has it. It shows nothing but the ports that you name, and gives nobody the code. The environment must run.',
    verb: 'shares.manage',
    input: z.strictObject({
      ports: z.array(z.number().int().min(1).max(65_535)).min(1).max(16).optional().describe('The environment\'s own where none is given'),
      password: z.string().min(4).max(256).optional(),
      minutes: z.number().int().min(1).max(60 * 24 * 31).optional().describe('How long it lives; until it is revoked where nothing is given'),
      name: z.string().max(56).optional().describe('Name in the address; made where none is given, so that nobody guesses it'),
    }),
    output: z.object({ share }),
  }),
  share_revoke: tool('destroys', {
    title: 'Revoke a share link',
    description: 'Ends a link at once, for those who look at it too.',
    verb: 'shares.manage',
    input: z.strictObject({ shareId: z.string().max(64) }),
    output: z.object({}),
    idempotent: true,
  }),
};
