const KEY = /^(?<indent> *)(?<dash>- )?(?<name>\w+):(?<rest>.*)$/;
const COMMENT = /^ *# ?(?<text>.*)$/;

/**
 * The comments of config/default.yaml by the path of the setting that they stand above or beside: `spool.sync`,
 * `feeds.market`. The entries of the lists, which the file shows as comments themselves, count as settings.
 */
export function commentsOf(yaml: string): ReadonlyMap<string, string> {
  const comments = new Map<string, string>();
  const path: { readonly name: string; readonly indent: number }[] = [];
  let above: string[] = [];
  const lines = uncommentedEntries(yaml).split('\n');
  for (const line of lines) {
    const comment = COMMENT.exec(line)?.groups?.['text'];
    if (comment !== undefined) {
      above.push(comment);
      continue;
    }
    const { indent, dash, name, rest } = KEY.exec(line)?.groups ?? {};
    if (name === undefined) {
      above = [];
      continue;
    }
    const depth = indent!.length + (dash?.length ?? 0);
    while (path.length > 0 && path.at(-1)!.indent >= depth) path.pop();
    path.push({ name, indent: depth });
    const beside = / # ?(?<text>.*)$/.exec(rest!)?.groups?.['text'];
    const text = [...above, ...(beside === undefined ? [] : [beside])].join(' ').replace(/\s+/g, ' ').trim();
    if (text !== '') comments.set(path.map(step => step.name).join('.'), text);
    above = [];
  }
  return comments;
}

/** The file with the entries of its lists as they would be without the `#` in front. */
function uncommentedEntries(yaml: string): string {
  return (
    yaml
      .replace(/^(feeds|targets): \[\]$/gm, '$1:')
      .replace(/^# {2}(?=[- ] )/gm, '  ')
      // A comment that goes on beside nothing belongs to the line before.
      .replace(/\n {20,}# */g, ' ')
  );
}
