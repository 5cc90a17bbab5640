@P2 @memory-exhaustion
Feature: A memory leak is noticed before it takes an application instance down

  A process in one application instance leaks as the runbook describes it.
  Monitoring must notice before the kernel does, and a restart must bring the service back.

  Background:
    Given customers place 10 orders and run 2 exports a second
    And the ERP is in steady state

  @smoke
  Scenario: One application instance leaks memory
    When one "app" instance leaks memory at 10 MiB a second
    Then the incident is detected by the "HighMemory" alert within 5 minutes
    And it is detected before anything crashes
    And service is restored within 10 minutes
    And no acknowledged order is lost
    And no acknowledged order is altered
    And the record names at least 2 findings on the root cause
    And the record proposes prevention measures
    And people have discussed the prevention measures
    And the incident record is complete
