/**
 * Jobs of the action for a person, on the local AWS:
 *   npm run demo            deploys `stack.yml` with `env/dev.cfg` and calls the roll
 *   npm run demo -- plan    shows on a pull request what a change would do
 *   npm run demo -- drift   changes by hand what runs, finds it, and opens an issue
 */
import { EquipmentError } from '../emulator/python.ts';
import { demoDeploy } from './demo/deploy.ts';
import { demoDrift } from './demo/drift.ts';
import { demoPlan } from './demo/plan.ts';

const DEMOS: Readonly<Record<string, () => Promise<number>>> = {
  deploy: demoDeploy,
  plan: demoPlan,
  drift: demoDrift,
};

const [name = 'deploy'] = process.argv.slice(2);
const demo = DEMOS[name];
try {
  if (demo === undefined) throw new EquipmentError(`There is no demo ${name}, only ${Object.keys(DEMOS).join(', ')}.`);
  process.exitCode = await demo();
} catch (error) {
  if (!(error instanceof EquipmentError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
