/** Terminates an environment, and drops what this browser keeps of it. */
import { deleteEnvironment } from '../api/environments.ts';
import { forgetContainer } from '../container/forget.ts';
import { forgetDocument } from '../document/local-copy.ts';

/** `port`: where its pages were, when that is known. */
export async function endEnvironment(environmentId: string, port: number | undefined): Promise<void> {
  await deleteEnvironment(environmentId);
  forgetDocument(environmentId);
  await forgetContainer(environmentId, port);
}
