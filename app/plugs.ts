/** Connects what other rooms of the system give the workspace: keeping the disk in step, and the installed packages' types. */
import { connectPlugs } from './workspace/session.ts';

connectPlugs({});
