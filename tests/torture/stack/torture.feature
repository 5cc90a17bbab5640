Feature: Whatever kills a drill, its fault is undone

  Background:
    Given the ERP is in steady state

  Scenario: stop
    When the "app" service suffers an orderly stop
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: kill
    When the "app" service suffers a sudden death
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: freeze
    When the "app" service suffers a freeze
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: restart
    When the "app" service suffers a restart
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: memory leak
    When one "app" instance leaks memory at 4 MiB a second
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: replay pause
    When the "postgres-replica" replica stops replaying
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: partition
    When the link between the "postgres-replica" service and the "app" service is cut
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: full volume
    When the "scratch" volume of the "app" service is filled but for 1 MiB
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: replica cut off
    When the "postgres-replica" service suffers a cut from its primary
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: hanging commits
    When the "postgres" service suffers commits that hang
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: one-way partition
    When the "postgres-replica" service suffers a one-way partition from "app"
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: refused connections
    When the "postgres-replica" service suffers refused connections to "app"
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: packet loss
    When the "postgres-replica" service suffers packet loss of 30 % towards "app"
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: limited bandwidth
    When the "postgres-replica" service suffers a bandwidth of 64 KiB a second towards "app"
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: table lock
    When the "postgres" service suffers a lock on the "orders" table of its "sme_erp" database
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: long transaction
    When the "postgres" service suffers a transaction of "erp" in its "sme_erp" database that nobody ends
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: connection leak
    When the "postgres" service suffers a leak of "erp" connections to its "sme_erp" database
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: connection limit
    When the "postgres" service suffers a limit of 1 connections of "erp"
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: refused login
    When the "postgres" service suffers logins of "erp" that are refused
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: password rotated
    When the "postgres" service suffers another password of "erp"
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: password replaced
    When the "postgres" service suffers another password of "erp", and the end of its sessions
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: slot left behind
    When the "postgres" service suffers a replication slot that nobody reads
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: column renamed
    When the "postgres" service suffers a schema without the "quantity" column of "items" in its "sme_erp" database
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: missing migration
    When the "postgres" service suffers a schema at revision "0000", when "quantity" of "items" was still "pieces", in its "sme_erp" database
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: flag turned
    When the "postgres" service suffers a turned "is_active" of "users" where "username" is "drill" in its "sme_erp" database
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: hang
    When the "app" service suffers a hang
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: CPU quota
    When the "app" service suffers a CPU quota of 5 %
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: CPU hog
    When the "app" service suffers a CPU hog on 1 processors
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: file descriptors
    When the "app" service suffers a lack of file descriptors
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: process limit
    When the "app" service suffers a lack of processes
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: reset of connections
    When the "postgres-replica" service suffers a reset of all connections with "postgres"
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: access rejected
    When the "postgres" service suffers a pg_hba.conf that rejects "erp" from its "sme_erp" database
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: latency
    When the "postgres-replica" service suffers latency of 100 ms towards "postgres"
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: slow answers
    When the "app" service suffers answers that are 100 ms late
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: unanswered lookups
    When the "app" service suffers lookups of "postgres" that nobody answers
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: failing lookups
    When the "app" service suffers lookups of "postgres" that find no such name
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: misled lookups
    When the "app" service suffers lookups of "postgres" that find a wrong address
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: table page corrupted
    When the "postgres" service suffers a corrupt page of "orders" in its "sme_erp" database
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: index page corrupted
    When the "postgres" service suffers a corrupt page of the "orders_pkey" index in its "sme_erp" database
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: broken setting
    When the "app" service suffers a broken "GREETING" in its environment file
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: unreadable file
    When the "app" service suffers an unreadable environment file
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: emptied file
    When the "app" service suffers an empty "erp.env" file
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: crash loop
    When the "app" service suffers a crash loop over a broken "GREETING"
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: rotated secret
    When the "app" service suffers a rotated "SECRET"
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: token lifetime
    When the "app" service suffers a token lifetime of 1 second
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: wrong configuration
    When the "nginx" service suffers a configuration that its check refuses
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: wrong upstream
    When the "nginx" service suffers an upstream at the wrong port
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: long watch
    When the "app" service suffers a freeze
    Then the incident is detected by the "NobodyPages" alert within 5 minutes

  Scenario: replica data lost
    When the "postgres-replica" service suffers a loss of all its data
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: inodes used up
    When the "app" service suffers a "scratch" volume without inodes
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: exit with a code
    When the "app" service suffers an exit with code 3
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: primary lost
    When the "postgres" service suffers a loss of its machine
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: slow disk
    When the "postgres-replica" service suffers a slow disk of 100 writes a second under its "replica-data" volume
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds

  Scenario: certificate expired
    When the "nginx" service suffers the expired certificate "/etc/nginx/tls/expired.crt" at port 8443
    Then the incident is detected by the "NobodyPages" alert within 0.5 seconds
