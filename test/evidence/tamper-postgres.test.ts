import { tamperWith } from './tamper-suite.js';

tamperWith('postgres');
