/** The names in a certificate's subject, as RFC 4514 writes it. */

export type Person = { name: string; organisation?: string };

/** `CN=Dr. Example,O=Some Hospital` in its parts; a text of another form is taken for the name. */
export function readSubject(subject: string): Person {
  const fields = new Map<string, string>();
  for (const [, key, value] of subject.matchAll(/(?:^|,)(CN|O)=((?:\\.|[^\\,])*)/gsu))
    if (!fields.has(key!)) fields.set(key!, value!.replace(/\\(.)/gsu, "$1"));
  const organisation = fields.get("O");
  return { name: fields.get("CN") ?? subject, ...(organisation === undefined ? {} : { organisation }) };
}
