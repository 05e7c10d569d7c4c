/** Where a command runs, and where it says what. Results go to `stdout`, progress and what went wrong to `stderr`. */
export interface Io {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly stdout: Output;
  readonly stderr: Output;
}

export interface Output {
  readonly isTTY?: boolean | undefined;
  write(text: string | Uint8Array): unknown;
}

/** What scripts can rely on. */
export const exitCodes = { clean: 0, error: 1, breaks: 3 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
