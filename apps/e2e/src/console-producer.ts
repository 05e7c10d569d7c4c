import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { demo, javaHome } from './config.js';

const root = join(import.meta.dirname, '..', '..', '..');
const jars = join(root, 'tools', 'kafka', 'libs');
const PRODUCER = 'org.apache.kafka.tools.ConsoleProducer';
const IMAGE_PRODUCER = '/opt/kafka/bin/kafka-console-producer.sh';
const READER = ['parse.headers=true', 'parse.key=true', 'headers.separator=;'].flatMap((property) => ['--reader-property', property]);
const RUN_WITHIN_MS = 60_000;

/** Publishes a line of headers, key and value with Apache Kafka's own producer: from the broker's jars on the host's Java, else in the broker's container. */
export async function publish(topic: string, line: string): Promise<void> {
  const [command, args] = await producer();
  await run(command, [...args, '--bootstrap-server', demo.kafka.brokers.join(), '--topic', topic, '--sync', ...READER], line);
}

/** Runs the example that signs orders for store systems, as the how-to shows it. @returns the line for the console producer */
export async function signedBy(demoFile: string, order: unknown, options: readonly string[] = []): Promise<string> {
  const line = await run(process.execPath, [join(root, 'tools', 'kafka', 'sign-order.mjs'), '--demo', demoFile, ...options], JSON.stringify(order));
  return line.trimEnd();
}

async function producer(): Promise<readonly [command: string, args: readonly string[]]> {
  const java = javaHome === undefined ? 'java' : join(javaHome, 'bin', 'java');
  const hasJava = existsSync(jars) && (await run(java, ['-version'], '').then(() => true, () => false));
  if (hasJava) return [java, ['-Xshare:auto', '-cp', `${jars}/*`, PRODUCER]];
  const port = demo.kafka.brokers[0]?.split(':').at(-1);
  const container = (await run('docker', ['ps', '--quiet', '--filter', `publish=${port}`], '').catch(() => '')).trim();
  if (container !== '') return ['docker', ['exec', '--interactive', container, IMAGE_PRODUCER]];
  throw new Error(`the Java console producer cannot run: there is no Java with the broker's jars in tools/kafka/libs, and no container publishes port ${port}`);
}

function run(command: string, args: readonly string[], input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { timeout: RUN_WITHIN_MS });
    let printed = '';
    let complaint = '';
    child.stdout.on('data', (chunk: Buffer) => { printed += chunk.toString(); });
    child.stderr.on('data', (chunk: Buffer) => { complaint += chunk.toString(); });
    child.on('error', reject);
    child.on('close', (code) => {
      // The producer ends well also when a message could not be sent, and only complains.
      const isWell = code === 0 && !/ERROR|Exception/.test(complaint);
      if (isWell) resolve(printed);
      else reject(new Error(`${command} ended with ${code}: ${complaint}`));
    });
    child.stdin.end(`${input}\n`);
  });
}
