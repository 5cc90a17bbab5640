Feature: The ERP notices when an application instance runs out of something, and goes on

  A process leaks memory as the runbook describes it, the file descriptors run out, an instance
  hangs or is slower than its like, there is too little processor time. Each time monitoring must
  notice before customers have to tell, and the first aid must help: a restart, or a third
  instance.

  Background:
    Given customers place 10 orders and run 2 exports a second
    And the ERP is in steady state

  @P2 @memory-exhaustion
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

  @P2 @instance-hangs
  Scenario: One application instance hangs
    When one "app" instance suffers a hang
    Then the incident is detected by the "InstanceHangs" alert within 5 minutes
    And service is restored within 10 minutes
    And no acknowledged order is lost
    And no order is stored twice
    And the incident record is complete

  @P2 @instance-hangs
  Scenario: One application instance has no file descriptor left
    When one "app" instance suffers a lack of file descriptors
    Then the incident is detected by the "FilesRunningOut" alert within 5 minutes
    And service is restored within 10 minutes
    And no acknowledged order is lost
    And no order is stored twice
    And the incident record is complete

  @P2 @application-slow
  Scenario: One application instance is slower than its like
    When one "app" instance suffers answers that are 100 ms late
    Then the incident is detected by the "InstanceSlow" alert within 5 minutes
    And at least 80 % of "reads" succeed in time
    And service is restored within 10 minutes
    And no acknowledged order is lost
    And the incident record is complete

  @P2 @application-slow
  Scenario: The application has too little processor time
    The first aid is a third instance: customers are served by all three, and all are watched.
    How many are served until it helps hangs on how fast a processor is.

    When the "app" service suffers a CPU quota of 8 %
    Then the incident is detected by the "CpuThrottled" alert within 5 minutes
    And at least 40 % of "reads" succeed in time
    And service is restored within 10 minutes
    And every step of the procedure works
    And no acknowledged order is lost
    And the incident record is complete
