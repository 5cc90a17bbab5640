Feature: Wishes are heard

  Hypothesis: without its cache the list is slower and no worse; without its database it is back within
  twenty seconds, with every wish that was taken.

  Background:
    Given the system is in steady state
    And customers make 4 wishes a second

  Scenario: The cache stops
    When the "cache" service stops for 8 seconds
    Then at least 95 % of "newest" succeed in time
    And at least 95 % of "wishes" succeed in time

  Scenario: The database dies
    When the "mariadb" service suffers a sudden death
    Then the "mariadb" service comes back by itself within 20 seconds
    And no acknowledged write is lost

  Scenario: The cache hangs
    When the "cache" service suffers a freeze for 5 seconds
    Then at least 90 % of "newest" succeed in time

  Scenario: PHP leaks memory
    When one "php" instance leaks memory at 24 MiB a second
    Then the incident is detected within 20 seconds
    And at least 90 % of "newest" succeed in time

  Scenario: PHP does not reach the database
    When the link between the "php" service and the "mariadb" service is cut for 5 seconds
    Then the service is restored within 20 seconds
    And no acknowledged write is lost
