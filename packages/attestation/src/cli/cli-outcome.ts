/** What a command has to say. 0: as hoped; 1: not valid; 2: it could not be carried out as it was given. */
export interface CliOutcome {
  exitCode: 0 | 1 | 2;
  stdout: string;
  stderr: string;
}
