/** Put in place of the free name `crypto` in a thread's bundle: libraries ask whether it is there, and Node's own would come with most of its cryptography. */
import { native } from './natives.ts';

export const { crypto } = native;
