/** The arguments of bubblewrap (bwrap(1)): no network, no processes, no files but the engine, its libraries, this backend's data and sockets. */
export interface JailInput {
  binary: string;
  dataDir: string;
  runDir: string;
  egressSocket: string | undefined;
}

export function jailArguments({ binary, dataDir, runDir, egressSocket }: JailInput): string[] {
  const readOnly = (path: string) => ['--ro-bind-try', path, path];
  const writable = (path: string) => ['--bind', path, path];
  return [
    '--unshare-all', '--die-with-parent', '--new-session', '--as-pid-1', '--cap-drop', 'ALL', '--clearenv', '--hostname', 'backend',
    ...['/usr/lib', '/usr/lib64', '/lib', '/lib64', '/etc/ld.so.cache'].flatMap(readOnly),
    '--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp',
    ...readOnly(binary), ...writable(dataDir), ...writable(runDir),
    ...(egressSocket === undefined ? [] : writable(egressSocket)),
    '--chdir', runDir,
  ];
}
