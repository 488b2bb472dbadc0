// What a shell reports of a process that SIGTERM has ended.
const EXIT_CODE = 143;

/**
 * Ends the process at a SIGTERM that arrives during a shutdown, which Nest ignores: whoever sends it wants
 * no more waiting. Requests in flight then count as abandoned. SIGINT is left alone, since one Ctrl-C can
 * bring two of them: from the terminal and from npm.
 */
export class SecondSigterm {
  private readonly end = (): void => process.exit(EXIT_CODE);

  expect(): void {
    process.once('SIGTERM', this.end);
  }

  forget(): void {
    process.removeListener('SIGTERM', this.end);
  }
}
