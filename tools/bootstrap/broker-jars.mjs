import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { JAVA_MIN, hasDocker, hasMaven, javaVersion } from './host-tools.mjs';
import { Problem } from './problem.mjs';
import { step } from './progress.mjs';
import { repoRoot, run } from './run.mjs';
import { hashOf } from './stamps.mjs';

const jars = join(repoRoot, 'tools', 'kafka', 'libs');
/** Beside the jars and not with the other stamps: Maven runs while node_modules is being replaced. */
const stampFile = join(jars, '.pom-sha256');

/**
 * Refuses early, in one sentence, a machine that can run no broker.
 * @returns {Promise<{ needsJars: boolean }>} whether the broker will run from jars, on the host's Java
 */
export async function checkBroker() {
  if (process.env['KAFKA_BROKERS']) return { needsJars: false };
  const java = await javaVersion();
  if (java !== undefined && java >= JAVA_MIN && (areCurrent() || (await hasMaven()))) return { needsJars: true };
  if (await hasDocker()) return { needsJars: false };
  const missing =
    java === undefined ? `Java ${JAVA_MIN} or later is not on PATH` : java < JAVA_MIN ? `the Java on PATH is version ${java}, ${JAVA_MIN} or later is needed` : 'Maven (mvn) is not on PATH';
  throw new Problem(`No Kafka broker can run here: ${missing}, and no Docker engine answers. Install Java ${JAVA_MIN} and Maven, or start Docker, or name a running broker in KAFKA_BROKERS.`);
}

/** Fetches the broker's jars with Maven when the pom is not the one they were fetched for. */
export async function fetchBrokerJars() {
  if (areCurrent()) return;
  const words = { doing: 'fetching the broker with Maven', done: 'fetched' };
  await step('Kafka', words, async () => {
    // Two versions of one jar side by side would both be on the class path.
    rmSync(jars, { recursive: true, force: true });
    await run('mvn', ['-q', '-B', '-f', 'tools/kafka/pom.xml', 'dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${jars}`], { what: 'Fetching the Kafka broker' });
    writeFileSync(stampFile, hashOf(['tools/kafka/pom.xml']));
  });
}

function areCurrent() {
  try {
    return readFileSync(stampFile, 'utf8') === hashOf(['tools/kafka/pom.xml']);
  } catch {
    return false;
  }
}
