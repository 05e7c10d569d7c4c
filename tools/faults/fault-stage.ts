import { closeStage, openStage, type Stage } from '../crash/stage.ts';
import type { Chance } from '../crash/chance.ts';
import type { Checks } from '../crash/checks.ts';
import type { Stack } from '../stack/stack.ts';
import { Alipay } from './alipay.ts';
import { Till } from './till.ts';

/** What a scenario plays with: the stage of the crash test, Alipay's faults, and a till that looks at its answers. */
export interface FaultStage extends Stage {
  readonly alipay: Alipay;
  readonly till: Till;
}

export function openFaultStage(stack: Stack, chance: Chance, checks: Checks): FaultStage {
  const stage = openStage(stack, chance, checks);
  return { ...stage, alipay: new Alipay(stage.demo), till: new Till(stage.demo) };
}

/** Nothing goes wrong at Alipay any more when this returns. */
export async function closeFaultStage(stage: FaultStage): Promise<void> {
  await stage.alipay.mend();
  await closeStage(stage);
  await stage.till.close();
}
