Feature: The ERP keeps working when it loses its read replica

  Reads are served by a streaming replica. Losing it may cost latency.
  It must never cost an order, and exports must go on.

  Background:
    Given customers place 20 orders and run 2 exports a second
    And the ERP is in steady state

  @P2 @read-replica-down
  @smoke
  Scenario: The read replica stops
    When the "postgres-replica" service stops
    Then the incident is detected within 5 minutes
    And reads fail over to the primary within 15 minutes
    And exports keep working
    And no acknowledged order is lost
    And no acknowledged order is altered
    And once repaired, the replica streams with a lag of at most 1 second
    And the incident record is complete

  @P2 @read-replica-down
  Scenario: The read replica stops replaying
    When the "postgres-replica" replica stops replaying
    Then the incident is detected by the "ReplicaLagging" alert within 5 minutes
    And reads fail over to the primary within 15 minutes
    And exports keep working
    And no acknowledged order is lost
    And once repaired, the replica streams with a lag of at most 1 second
    And the replica has every acknowledged order
    And the incident record is complete

  @P2 @replica-disk-slow
  Scenario: The read replica's disk is slow
    Customers notice nothing: it follows half a second late. They read from the primary meanwhile.

    When the "postgres-replica" service suffers a slow disk of 8 writes a second under its "replica-wal" volume
    Then the incident is detected by the "ReplicaDiskSlow" alert within 5 minutes
    And reads fail over to the primary within 15 minutes
    And exports keep working
    And no acknowledged order is lost
    And once repaired, the replica streams with a lag of at most 1 second
    And the replica has every acknowledged order
    And the incident record is complete

  @P2 @read-replica-down
  Scenario: The read replica loses all its data
    When the "postgres-replica" service suffers a loss of all its data
    Then the incident is detected by the "ReplicaDown" alert within 5 minutes
    And reads fail over to the primary within 15 minutes
    And every step of the procedure works
    And exports keep working
    And no acknowledged order is lost
    And once repaired, the replica streams with a lag of at most 1 second
    And the replica has every acknowledged order
    And the incident record is complete

  @P2 @read-replica-down
  Scenario Outline: The read replica suffers <fault>
    When the "postgres-replica" service suffers <fault>
    Then the drill meets every success criterion
      | criterion                 | metric                     | limit               |
      | we notice                 | time to detect             | at most 5 min       |
      | readers recover           | time to fail over          | at most 15 min      |
      | service is restored       | time to recover            | at most 15 min      |
      | exports go on             | availability of exports    | at least <exports>  |
      | nobody loses data         | lost orders                | exactly 0           |
      | nobody's order changes    | altered orders             | exactly 0           |
      | nothing is stored twice   | duplicated orders          | exactly 0           |
      | redundancy is restored    | replication lag            | at most 1 s         |
      | the replica catches up    | stale orders               | exactly 0           |
      | the incident is documented| missing record fields      | exactly 0           |

    Examples:
      | fault                  | exports |
      | a sudden death         | 99 %    |
      | a freeze               | 95 %    |
      | a cut from its primary | 99 %    |
