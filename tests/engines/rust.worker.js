// A worker entry that serves functions in Rust, as a user writes it.

import * as glue from '../../crate/examples/primes/pkg/primes.js';
import { serve } from '../../dist/worker.js';

serve(glue);
