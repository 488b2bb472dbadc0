import { killedAtEachPoint, killedAtRandom, killedFiveTimes } from './kills.mjs';
import { inTransactions } from './transactions.mjs';

export const SCENARIOS = [killedAtEachPoint, killedFiveTimes, killedAtRandom, inTransactions];
