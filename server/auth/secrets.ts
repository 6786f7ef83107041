/** Secrets that outlive a restart, each a file of the data folder that only its owner may read. */
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export interface Secrets {
  /** Key of all signatures. */
  signing: Buffer;
  /** Seals variables and credentials of backends: 32 bytes. */
  backendSettings: Buffer;
  ownerToken: string;
}

export function loadSecrets(dataDir: string, ownerToken: string | undefined): Secrets {
  return {
    signing: Buffer.from(kept(path.join(dataDir, 'signing-secret'), () => randomBytes(32).toString('base64url')), 'base64url'),
    backendSettings: Buffer.from(kept(path.join(dataDir, 'backend-settings-key'), () => randomBytes(32).toString('base64url')), 'base64url'),
    ownerToken: ownerToken ?? kept(path.join(dataDir, 'owner-token'), () => randomBytes(24).toString('base64url')),
  };
}

function kept(file: string, create: () => string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const value = create();
  // "wx": two servers on one folder at its first start must agree on one secret.
  writeFileSync(file, value, { mode: 0o600, flag: 'wx' });
  return value;
}
