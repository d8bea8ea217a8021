-- So that lists of deliveries cost the same however many have been sent.

CREATE INDEX deliveries_time ON deliveries (event_at);
CREATE INDEX deliveries_there ON deliveries (destination, event_at);
CREATE INDEX deliveries_unsent ON deliveries (state, event_at, destination) WHERE state <> 'sent';
