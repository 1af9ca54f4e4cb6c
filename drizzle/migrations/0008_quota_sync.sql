-- Leases of quota: takes note of what a process has of each counter and gives it what there is, as
-- lib/quotas/quota-counter.ts (grantLease) says, which the contract tests hold it to. Each counter's row is locked
-- first, in order, so that what is read afterwards is committed and two calls cannot deadlock.
CREATE FUNCTION quota_sync(p_holder text, p_lease_ms float8, p_entries jsonb)
RETURNS TABLE (ord int, given text, kept_spare boolean, others text, used text, spare_elsewhere text, recalled boolean)
LANGUAGE plpgsql AS $$
DECLARE
  e record;
  v_counter quota_counters%ROWTYPE;
  v_before quota_leases%ROWTYPE;
  v_now timestamptz;
  v_kept boolean;
  v_others numeric;
  v_used numeric;
  v_elsewhere numeric;
  v_held numeric;
  v_room numeric;
  v_given numeric;
  v_lacking boolean;
BEGIN
  FOR e IN
    SELECT x.*, to_timestamp(x.start_ms / 1000.0) AS window_start, to_timestamp(x.end_ms / 1000.0) AS window_end
    FROM jsonb_to_recordset(p_entries) AS x(
      ord int, account_id text, counter text, start_ms float8, end_ms float8, max numeric, used numeric,
      reserved numeric, spare numeric, need numeric, least numeric, wish numeric, seed numeric)
    ORDER BY x.account_id, x.counter, x.start_ms
  LOOP
    SELECT * INTO v_counter FROM quota_counters c
    WHERE c.account_id = e.account_id AND c.counter = e.counter AND c.window_start = e.window_start FOR UPDATE;
    IF NOT FOUND THEN
      CONTINUE WHEN e.seed IS NULL;
      INSERT INTO quota_counters (account_id, counter, window_start, window_end)
      VALUES (e.account_id, e.counter, e.window_start, e.window_end) ON CONFLICT DO NOTHING;
      IF FOUND AND e.seed > 0 THEN
        INSERT INTO quota_leases (account_id, counter, window_start, holder, granted, used, spare, expires_at)
        VALUES (e.account_id, e.counter, e.window_start, 'ledger', e.seed, e.seed, 0, '-infinity');
      END IF;
      SELECT * INTO v_counter FROM quota_counters c
      WHERE c.account_id = e.account_id AND c.counter = e.counter AND c.window_start = e.window_start FOR UPDATE;
    END IF;
    v_now := clock_timestamp();
    SELECT * INTO v_before FROM quota_leases l
    WHERE l.account_id = e.account_id AND l.counter = e.counter AND l.window_start = e.window_start
      AND l.holder = p_holder;
    v_kept := FOUND AND v_before.expires_at > v_now;
    SELECT coalesce(sum(CASE WHEN l.expires_at > v_now THEN l.granted ELSE l.used END), 0),
      coalesce(sum(l.used), 0), coalesce(sum(l.spare) FILTER (WHERE l.expires_at > v_now), 0)
    INTO v_others, v_used, v_elsewhere
    FROM quota_leases l
    WHERE l.account_id = e.account_id AND l.counter = e.counter AND l.window_start = e.window_start
      AND l.holder <> p_holder;
    v_held := e.used + e.reserved + CASE WHEN v_kept THEN e.spare ELSE 0 END;
    v_room := e.max - v_others - v_held;
    v_given := CASE
      WHEN e.max IS NULL THEN e.wish
      WHEN v_room <= e.need THEN greatest(v_room, 0)
      ELSE e.need + least(e.wish - e.need, div(v_room - e.need, 8)) END;
    IF e.max IS NOT NULL AND v_given < e.least THEN v_given := 0; END IF;
    v_lacking := v_given < e.need;
    INSERT INTO quota_leases AS l (account_id, counter, window_start, holder, granted, used, spare, expires_at)
    VALUES (e.account_id, e.counter, e.window_start, p_holder, v_held + v_given, e.used,
      CASE WHEN v_lacking THEN 0 ELSE v_held - e.used - e.reserved + v_given - e.need END,
      v_now + p_lease_ms * interval '1 millisecond')
    ON CONFLICT (account_id, counter, window_start, holder) DO UPDATE SET granted = excluded.granted,
      used = excluded.used, spare = excluded.spare, expires_at = excluded.expires_at;
    IF v_lacking AND v_elsewhere > 0 THEN
      UPDATE quota_counters c SET recalled_at = v_now
      WHERE c.account_id = e.account_id AND c.counter = e.counter AND c.window_start = e.window_start;
    END IF;
    ord := e.ord;
    given := v_given::text;
    kept_spare := v_kept;
    others := v_others::text;
    used := (e.used + v_used)::text;
    spare_elsewhere := v_elsewhere::text;
    recalled := coalesce(v_counter.recalled_at > v_now - interval '2 seconds', false);
    RETURN NEXT;
  END LOOP;
END $$;
