import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { repoRoot, run } from './commands.js';
import { demo, javaHome } from './config.js';

const jars = join(repoRoot, 'tools', 'kafka', 'libs');
const PRODUCER = 'org.apache.kafka.tools.ConsoleProducer';
const IMAGE_PRODUCER = '/opt/kafka/bin/kafka-console-producer.sh';
const READER = ['parse.headers=true', 'parse.key=true', 'headers.separator=;'].flatMap((property) => ['--reader-property', property]);

/** Publishes a line of headers, key and value with Apache Kafka's own producer: from the broker's jars on the host's Java, else in the broker's container. */
export async function publish(topic: string, line: string): Promise<void> {
  const [command, args] = await producer();
  await run(command, [...args, '--bootstrap-server', demo.kafka.brokers.join(), '--topic', topic, '--sync', ...READER], { input: `${line}\n` });
}

/** Runs the example that signs orders for store systems, as the how-to shows it. @returns the line for the console producer */
export async function signedBy(demoFile: string, order: unknown, options: readonly string[] = []): Promise<string> {
  const line = await run(process.execPath, [join(repoRoot, 'tools', 'kafka', 'sign-order.mjs'), '--demo', demoFile, ...options], { input: JSON.stringify(order) });
  return line.trimEnd();
}

async function producer(): Promise<readonly [command: string, args: readonly string[]]> {
  const java = javaHome === undefined ? 'java' : join(javaHome, 'bin', 'java');
  const hasJava = existsSync(jars) && (await run(java, ['-version']).then(() => true, () => false));
  if (hasJava) return [java, ['-Xshare:auto', '-cp', `${jars}/*`, PRODUCER]];
  const port = demo.kafka.brokers[0]?.split(':').at(-1);
  const container = (await run('docker', ['ps', '--quiet', '--filter', `publish=${port}`]).catch(() => '')).trim();
  if (container !== '') return ['docker', ['exec', '--interactive', container, IMAGE_PRODUCER]];
  throw new Error(`the Java console producer cannot run: there is no Java with the broker's jars in tools/kafka/libs, and no container publishes port ${port}`);
}
