import { scantill } from './scantill.ts';

// The reader of a pipe may be gone before we are.
process.stdout.on('error', () => undefined);
process.exitCode = await scantill(process.argv.slice(2), {
  // npm runs scripts in the repository; files are named from where the person is.
  cwd: process.env['INIT_CWD'] ?? process.cwd(),
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
});
// The channel to whoever started us would keep us here.
if (process.connected) process.disconnect();
