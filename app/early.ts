/**
 * The page's first script. An environment's container takes longer to come than the page: its frame is opened before the page's own code, a
 * megabyte of it, is fetched and read.
 */
import { isLabel, origins } from '../shared/hosts.ts';
import { openEarly } from './container/broker-frame.ts';

const label = /^\/e\/([a-z0-9-]+)\/?$/.exec(location.pathname)?.[1];
if (label !== undefined && isLabel(label)) openEarly(origins(location.origin).broker(label));
void import('./main.tsx');
