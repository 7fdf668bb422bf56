-- A copy of a production database lets nobody in: partners' systems must not mistake it for the real one.
UPDATE trade_api_key
   SET valid_to = now() AT TIME ZONE 'UTC'
 WHERE valid_to IS NULL OR valid_to > now() AT TIME ZONE 'UTC';
UPDATE trade_api_client
   SET active = false;
UPDATE trade_connector
   SET active = false
 WHERE transport = 'hook';
UPDATE trade_api_issuer
   SET active = false;
