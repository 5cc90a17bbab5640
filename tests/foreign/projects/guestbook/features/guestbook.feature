Feature: What guests write stays in the book

  Hypothesis: whatever happens to the book or to its database, guests can read and write again within
  twenty seconds, and nothing that they were thanked for is gone.

  Background:
    Given customers make 3 pages a second
    And the system is in steady state

  Scenario: The database stops
    When the "database" service stops for 4 seconds
    Then the service is restored within 20 seconds
    And no acknowledged write is altered

  Scenario: The database dies
    When the "database" service suffers a sudden death
    Then the "database" service comes back by itself within 20 seconds
    And no acknowledged write is lost

  Scenario: The database hangs
    When the "database" service suffers a freeze for 5 seconds
    Then the service is restored within 20 seconds
    And no write is stored twice

  Scenario: The book leaks memory
    When one "web" instance leaks memory at 24 MiB a second
    Then the incident is detected within 20 seconds
    And at least 90 % of "book" succeed in time

  Scenario: The book does not reach its database
    When the link between the "web" service and the "database" service is cut for 5 seconds
    Then the service is restored within 20 seconds
    And no acknowledged write is lost
