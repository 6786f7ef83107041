/** The origin of the page that frames this one; `undefined` in a tab of its own, and where the browser does not tell. */
export function framingOrigin(): string | undefined {
  if (window.parent === window) return undefined;
  const [ancestor] = location.ancestorOrigins ?? [];
  return ancestor ?? (URL.canParse(document.referrer) ? new URL(document.referrer).origin : undefined);
}
