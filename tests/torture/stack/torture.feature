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

  Scenario: long watch
    When the "app" service suffers a freeze
    Then the incident is detected by the "NobodyPages" alert within 5 minutes
