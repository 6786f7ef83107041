/** Diagnostic reports (node_report_module.cc): settings are kept, a report itself needs what a browser does not show. */
export function create(): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  const accessors = (name: string, initial: unknown): Record<string, unknown> => {
    settings[name] = initial;
    return { [`get${name}`]: () => settings[name], [`set${name}`]: (value: unknown) => void (settings[name] = value) };
  };
  const trigger = (name: string): Record<string, unknown> => {
    settings[name] = false;
    return { [`should${name}`]: () => settings[name], [`set${name}`]: (value: unknown) => void (settings[name] = value) };
  };
  const refuse = () => {
    throw Object.assign(new Error('Diagnostic reports are not supported in the container.'), { code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' });
  };
  return {
    writeReport: refuse, getReport: refuse,
    ...accessors('Compact', false), ...accessors('ExcludeNetwork', false), ...accessors('ExcludeEnv', false),
    ...accessors('Directory', ''), ...accessors('Filename', ''), ...accessors('Signal', 'SIGUSR2'),
    ...trigger('ReportOnFatalError'), ...trigger('ReportOnSignal'), ...trigger('ReportOnUncaughtException'),
  };
}
