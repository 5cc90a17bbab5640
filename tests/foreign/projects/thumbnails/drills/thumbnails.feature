Feature: No picture is forgotten

  Hypothesis: whatever happens to the queue or to the worker, the worker goes on within twenty seconds,
  and every picture that was taken in is there.

  Background:
    Given the system is in steady state
    And customers make 3 pictures a second

  Scenario: The queue stops
    When the "queue" service stops for 5 seconds
    Then the service is restored within 20 seconds
    And no acknowledged write is lost

  Scenario: The queue dies
    When the "queue" service suffers a sudden death
    Then the "queue" service comes back by itself within 20 seconds
    And no acknowledged write is lost

  Scenario: The worker hangs
    When the "resizer" service suffers a freeze for 5 seconds
    Then the service is restored within 20 seconds
    And no acknowledged write is lost

  Scenario: The worker leaks memory
    When one "resizer" instance leaks memory at 16 MiB a second
    Then the incident is detected within 20 seconds
    And at least 90 % of "progress" succeed in time

  Scenario: The worker does not reach the queue
    When the link between the "resizer" service and the "queue" service is cut for 5 seconds
    Then the service is restored within 20 seconds
    And no acknowledged write is lost
