CREATE VIEW mig.v AS SELECT v, count(*) AS n FROM mig.events GROUP BY v;
