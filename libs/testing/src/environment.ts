import type { Service } from '@scantill/contracts';

/** What the run has to provide. A specification that cannot find its engine fails; it is never left out. */
function need(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set: this specification needs the engines that \`npm test\` starts`);
  return value;
}

/** A database that may be emptied: the one of Jest's worker, so that a specification has it to itself. Anything whose name does not say so is refused. */
export function testDatabaseUrl(service: Service): string {
  const name = `${service.toUpperCase().replaceAll('-', '_')}_TEST_DATABASE_URL_${need('JEST_WORKER_ID')}`;
  const url = need(name);
  if (!new URL(url).pathname.includes('test')) throw new Error(`${name} names a database without "test" in its name: it would be emptied`);
  return url;
}

export function testBrokers(): string[] {
  return need('KAFKA_TEST_BROKERS').split(',');
}
