-- A copy of the database must never trade with the partners of the original: their secrets are erased …
UPDATE trade_credential_version
   SET secret = NULL, state = 'revoked', valid_to = (now() AT TIME ZONE 'UTC')
 WHERE state <> 'revoked';
-- … and nobody is called until a person says so, connector by connector.
UPDATE trade_connector
   SET paused = true,
       pause_reason = 'This is a neutralised copy: enter secrets of a test system, then start using it',
       environment = 'test',
       circuit_state = 'closed',
       circuit_class = NULL,
       circuit_failures = NULL,
       circuit_reason = NULL,
       wait_until = NULL;
