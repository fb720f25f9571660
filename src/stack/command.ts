/** A command of the AWS CLI, ready to paste into a POSIX shell. */
export function awsCommand(service: string, verb: string, words: readonly string[]): string {
  return ['aws', service, verb, ...words].map(shellWord).join(' ');
}

/** A word as a POSIX shell reads it: quoted only where it has to be. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
